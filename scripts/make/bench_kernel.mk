# The sentry's own part of a call, measured in process: bench/kernel/kernel.c.
$(O)/bench/kernel/kernel: $(O)/bench/kernel/kernel.o $(O)/tests/unit/harness.o $(LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,-z,muldefs -o $@ $^ $(LDLIBS)

-include $(O)/bench/kernel/kernel.d

.PHONY: bench-kernel
bench-kernel: $(O)/bench/kernel/kernel ## ns, host calls and allocations of hot calls inside the sentry [T=NAME]
	$(Q)$< $(T)
