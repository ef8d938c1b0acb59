# libFuzzer targets: `make fuzz-elf [T=60]` runs tests/fuzz/fuzz_elf.c for T seconds.
# Each is linked with the sources it names alone: a parser that needs more is no parser.
FUZZ_SRC_elf := sentry/kernel/elf.c lib/alloc.c lib/log.c
FUZZ_SRC_gofer_wire := $(addprefix gofer/,wire.c proto_way.c server.c node.c walk.c path.c readdir.c change.c file.c \
	sys.c) \
	lib/alloc.c lib/log.c $(O)/gen/gofer_proto.c $(O)/gen/gofer_serve.c
FUZZ_SRC_channel := platform/notify/window.c lib/park.c lib/mutex.c lib/alloc.c lib/log.c
FUZZ_SRC_config := lib/spec.c lib/alloc.c lib/log.c \
	$(addprefix runtime/oci/,config.c config_mounts.c config_process.c) -ljansson
FUZZ_SRC_patch = platform/patch/chunk.c platform/patch/x86_64/decode.c platform/patch/x86_64/emit.c \
	$(addprefix $(ZYDIS)/src/,Decoder.c DecoderData.c SharedData.c) $(ZYDIS_CONFIG) -I$(ZYDIS)/src
FUZZ_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer -I. -Isentry -I$(O) \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -DBAILEY_DEBUG=1

.PHONY: fuzz-%
fuzz-%: tests/fuzz/fuzz_%.c | $(GEN)
	@mkdir -p out/fuzz/corpus/$*
	$(Q)clang $(FUZZ_CFLAGS) -o out/fuzz/fuzz_$* $< $(FUZZ_SRC_$*)
	$(Q)out/fuzz/fuzz_$* -max_total_time=$(or $(T),60) -timeout=10 -print_final_stats=1 \
		$(CURDIR)/out/fuzz/corpus/$* \
		$(addprefix $(CURDIR)/,$(wildcard tests/fuzz/seeds/$*))
