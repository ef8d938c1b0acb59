# The benchmark programs run as guests too, so they are static.
BENCH_BIN := $(patsubst bench/%.c,$(O)/bench/%,$(wildcard bench/*.c))

$(O)/bench/%: bench/%.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)gcc -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) -static -o $@ $<

.PHONY: bench
bench: bailey $(BENCH_BIN) ## system calls, start-up, idle cost [BENCHFLAGS=FLAGS OF do]
	$(Q)BAILEY=$(abspath $(O))/bailey BENCH_BIN=$(O)/bench bench/run $(BENCHFLAGS)
