# Random file calls, natively and in a sandbox: make check-files [N=SEEDS] [FIRST=SEED]
$(O)/tests/files_program: tests/fuzz/files_program.c
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -static -s -o $@ $<

.PHONY: check-files
check-files: $(O)/tests/files_program bailey
	$(Q)tests/lib/run-files $< $(or $(N),60) $(or $(FIRST),1)
