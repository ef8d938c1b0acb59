# What syscalls.tbl becomes: prototypes, dispatch table, argument shapes, the page.
# The generator writes into a folder of its own; only files that changed are
# moved, so that a new status does not rebuild every handler.
GEN_SYS := $(addprefix $(O)/gen/,sys_proto.h sys_table.c sys_kinds.c syscalls.md)
GEN_SYS_IN := sentry/sys/gensyscalls sentry/sys/syscall_desc.h syscalls.tbl

$(O)/gen/.syscalls: $(GEN_SYS_IN)
	@mkdir -p $(O)/gen/tmp
	@echo "  GEN   syscalls.tbl"
	$(Q)$(AWK) -v dir=$(O)/gen/tmp -f $(GEN_SYS_IN)
	$(Q)for f in $(notdir $(GEN_SYS)); do \
		cmp -s $(O)/gen/tmp/$$f $(O)/gen/$$f || cp $(O)/gen/tmp/$$f $(O)/gen/$$f; done
	@touch $@

$(GEN_SYS): $(O)/gen/.syscalls ;

$(O)/gen/%.o: $(O)/gen/%.c $(O)/.flags | $(GEN)
	@echo "  CC    $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

GEN += $(GEN_SYS)
OBJS += $(O)/gen/sys_table.o $(O)/gen/sys_kinds.o

.PHONY: gen
gen: $(GEN)
