# The in-guest stub: freestanding, its own flags, linked at a fixed address, then
# carried inside bailey by stub_image.S.
STUB_ARCH := x86_64
STUB_DIR  := platform/stub/$(STUB_ARCH)
STUB_SRC  := $(STUB_DIR)/stub.S
STUB_FLAGS := -ffreestanding -nostdlib -nostartfiles -static -fno-stack-protector \
	-mgeneral-regs-only -fno-pic -no-pie -fcf-protection=none -Wall -Wextra -Werror

# What the arguments of each call point to, for the stub.
STUB_CALLS := $(O)/gen/stub_calls.inc

$(STUB_CALLS): platform/stub/genmarshal sentry/sys/syscall_desc.h syscalls.tbl
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)$(AWK) -v out=$@ -f $^

$(O)/platform/stub/stub.elf: $(wildcard $(STUB_DIR)/*.S) $(STUB_CALLS) \
		$(STUB_DIR)/stub.lds platform/stub/layout.h
	@mkdir -p $(@D)
	@echo "  STUB  $@"
	$(Q)$(CC) $(STUB_FLAGS) -I. -I$(O) -T $(STUB_DIR)/stub.lds -Wl,--build-id=none \
		-Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -o $@ $(STUB_SRC)

$(O)/platform/notify/$(STUB_ARCH)/stub_image.o: platform/notify/$(STUB_ARCH)/stub_image.S \
		$(O)/platform/stub/stub.elf
	@mkdir -p $(@D)
	@echo "  AS    $<"
	$(Q)$(CC) $(CFLAGS) -Wa,-I$(O)/platform/stub -c -o $@ $<

# What vcpu_run() adds to the bare notification, without the rest of the sentry.
$(O)/bench/platform/notify_roundtrip: %: %.o $(LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

-include $(O)/bench/platform/notify_roundtrip.d

.PHONY: bench-platform
bench-platform: $(O)/bench/platform/notify_roundtrip ## vcpu_run() against the bare notification
	$(Q)$<

# The unit test of the marshalling runs the stub's own code.
$(O)/tests/unit/marshal_rig.o: $(wildcard platform/stub/x86_64/*.S) platform/stub/layout.h $(STUB_CALLS)
$(O)/tests/unit/test_marshal: $(O)/tests/unit/marshal_rig.o
