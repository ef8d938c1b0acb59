# Pages made from the code.
.PHONY: docs
docs: out/docs/syscalls.md out/docs/locking.md ## out/docs: system calls, lock order

out/docs/syscalls.md: $(O)/gen/syscalls.md
	@mkdir -p $(@D)
	@echo "  DOC   $@"
	$(Q)cp $< $@

out/docs/locking.md: lib/lockrank.h scripts/genlocking
	@mkdir -p $(@D)
	@echo "  DOC   $@"
	$(Q)$(AWK) -f scripts/genlocking lib/lockrank.h > $@
