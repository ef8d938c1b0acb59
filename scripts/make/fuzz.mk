# libFuzzer targets: `make fuzz-elf [T=60]` runs tests/fuzz/fuzz_elf.c for T seconds.
# Each is linked with the sources it names alone: a parser that needs more is no parser.
FUZZ_SRC_elf := sentry/kernel/elf.c lib/alloc.c lib/log.c
FUZZ_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer -I. -Isentry \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -DBAILEY_DEBUG=1

.PHONY: fuzz-%
fuzz-%: tests/fuzz/fuzz_%.c
	@mkdir -p out/fuzz/corpus/$*
	$(Q)clang $(FUZZ_CFLAGS) -o out/fuzz/fuzz_$* $< $(FUZZ_SRC_$*)
	$(Q)out/fuzz/fuzz_$* -max_total_time=$(or $(T),60) -timeout=10 -print_final_stats=1 \
		out/fuzz/corpus/$* $(wildcard tests/fuzz/seeds/$*)
