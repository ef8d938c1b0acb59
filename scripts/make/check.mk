# Unit tests: each tests/unit/test_X.c is a program of its own, linked with the
# archive of everything but main(); what a test defines itself stands in for the
# archive's (muldefs: the first definition counts).  `make check-unit T=strace` runs one file.
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:%.c=$(O)/%)
UNIT_OBJ := $(UNIT_BIN:=.o) $(O)/tests/unit/harness.o

$(UNIT_BIN): %: %.o $(O)/tests/unit/harness.o $(LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,-z,muldefs -o $@ $^ $(LDLIBS)

-include $(UNIT_OBJ:.o=.d)

.PHONY: check-unit
check-unit: $(if $(T),$(T:%=$(O)/tests/unit/test_%),$(UNIT_BIN)) ## unit tests [T=NAME]
	$(Q)tests/lib/run-unit $^

.PHONY: check-fault
check-fault: ## each allocation and host call fails in turn [F=ROLE:KIND[:N]]
	$(Q)$(MAKE) MODE=asan bailey
	$(Q)tests/lib/run-fault $(F)

.PHONY: check
check: check-unit check-guest check-headers lint ## all of it, before every commit
