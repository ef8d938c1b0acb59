# A signal at every instruction of trampoline and stub: make check-step [PLATFORM=notify|trap] [T=CALL]
STEP := $(GO)/tests/step

$(STEP)/step: $(wildcard tests/step/*.[ch]) platform/stub/layout.h platform/notify/stub_table.h
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -I. -o $@ $(filter %.c,$^)

$(STEP)/step_guest: $(wildcard tests/step/guest/*.c) tests/step/guest/guest.h tests/step/step.h tests/guest/t.h
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -I. -static -o $@ $(filter %.c,$^)

.PHONY: check-step
check-step: $(STEP)/step $(STEP)/step_guest bailey ## a signal at every instruction of a fast call [PLATFORM=P] [T=CALL]
	$(Q)$(STEP)/step $(abspath $(O))/bailey $(abspath $(STEP))/step_guest $(or $(PLATFORM),notify) $(if $(T),'$(T)')
