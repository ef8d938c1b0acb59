# What is checked without running anything.  Silence is success.
CSRC    := $(filter-out out/%,$(shell find $(ROOTS) tests bench -name '*.[ch]' 2>/dev/null | sort))
HEADERS := $(shell find $(ROOTS) -name '*.h' | sort)
LINTS   := $(sort $(wildcard tests/lint/*.sh))

# Every header compiles alone.
$(O)/headers/%.ok: % $(O)/.flags | $(GEN)
	@mkdir -p $(@D)
	$(Q)echo '#include "$<"' | $(CC) $(CFLAGS) -fsyntax-only -MMD -MP -MT $@ -MF $(@:.ok=.d) -x c -
	@touch $@

-include $(HEADERS:%=$(O)/headers/%.d)

.PHONY: check-headers
check-headers: $(HEADERS:%=$(O)/headers/%.ok) ## every header compiles alone

# The lock annotations, which only clang reads.  Not "precise": a lock reached through an
# embedded base (u->sock.mu, sk->mu) has two names.
TSA_FLAGS := -std=gnu11 -D_GNU_SOURCE -I. -Isentry -I$(O) -fsyntax-only -Wthread-safety -Werror=thread-safety \
	-Wno-thread-safety-precise -Wno-gnu
TSA_SRC   := $(filter-out runtime/%,$(SRCS))

$(O)/tsa/%.ok: % | $(GEN)
	@mkdir -p $(@D)
	$(Q)clang $(TSA_FLAGS) -MMD -MP -MT $@ -MF $(@:.ok=.d) $<
	@touch $@

-include $(TSA_SRC:%=$(O)/tsa/%.d)

.PHONY: lint-locks
lint-locks: $(if $(shell command -v clang),$(TSA_SRC:%=$(O)/tsa/%.ok)) ## clang -Wthread-safety

.PHONY: $(LINTS)
$(LINTS): | $(GEN)
	$(Q)$@

.PHONY: lint
lint: $(LINTS) lint-locks check-headers check-format ## layers, sizes, words, comments, table, locks, format

.PHONY: format
format: ## clang-format in place
	$(Q)$(CLANG_FORMAT) -i $(CSRC)

.PHONY: check-format
check-format: ## clang-format, dry
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(CSRC)

# Slow, so only what differs from another commit: make lint-deep SINCE=HEAD~3
SINCE ?= HEAD
DEEP  := $(filter $(SRCS),$(shell git diff --name-only $(SINCE) 2>/dev/null))

.PHONY: lint-deep
lint-deep: $(GEN) ## gcc -fanalyzer and clang-tidy on what changed [SINCE=COMMIT]
	$(Q)for f in $(DEEP); do \
		echo "  DEEP  $$f"; \
		gcc $(BASE) -O1 -fanalyzer -c -o /dev/null $$f || exit 1; \
		clang-tidy --quiet --checks='-*,clang-analyzer-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-bugprone-narrowing-conversions,-clang-analyzer-security.insecureAPI.*' \
			$$f -- -std=gnu11 -D_GNU_SOURCE -I. -Isentry -I$(O) || exit 1; \
	done
