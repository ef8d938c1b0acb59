# The programs that `bailey bench` measures: plain C, each linked both ways.
BENCH_SRC := $(wildcard bench/guest/*.c)
BENCH_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 $(WARN)
BENCH_STATIC  := $(BENCH_SRC:bench/guest/%.c=$(O)/bench/static/%)
BENCH_DYNAMIC := $(BENCH_SRC:bench/guest/%.c=$(O)/bench/dynamic/%)

$(O)/bench/static/%: bench/guest/%.c bench/guest/b.h
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)gcc $(BENCH_CFLAGS) -static -o $@ $<

$(O)/bench/dynamic/%: bench/guest/%.c bench/guest/b.h
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)gcc $(BENCH_CFLAGS) -o $@ $<

.PHONY: bench-guests
bench-guests: $(BENCH_STATIC) $(BENCH_DYNAMIC) ## the programs that `bailey bench` measures

.PHONY: bench
bench: bailey bench-guests ## measure this build quickly [BENCHFLAGS=FLAGS OF bench]
	$(Q)$(O)/bailey bench --quick --targets $(BENCHFLAGS)

.PHONY: check-cli
check-cli: bailey bench-guests ## the command line of `bailey bench`
	$(Q)tests/cli/bench $(O)/bailey

# Where `bailey bench` looks when it is installed: beside its own bin.
.PHONY: install-bench
install: install-bench
install-bench: bench-guests
	install -d $(DESTDIR)$(PREFIX)/libexec/bailey/bench/static $(DESTDIR)$(PREFIX)/libexec/bailey/bench/dynamic
	install -m 755 $(BENCH_STATIC) $(DESTDIR)$(PREFIX)/libexec/bailey/bench/static
	install -m 755 $(BENCH_DYNAMIC) $(DESTDIR)$(PREFIX)/libexec/bailey/bench/dynamic
