# The guest tests: one small static program each; *_dynamic.c is linked dynamically.
# *_musl.c are made with musl where there is one, *_go.go with Go.
# They are the same in every MODE, so they stand in one place.
GO := out/rel
MUSL_CC    := $(shell command -v musl-gcc)
GUEST_SRC  := $(filter-out $(if $(MUSL_CC),,%_musl.c),$(wildcard tests/guest/*.c tests/guest/bugs/*.c))
GOLANG     := $(shell command -v go)
GUEST_GO   := $(if $(GOLANG),$(wildcard tests/guest/*_go.go))
GUEST_BIN  := $(addprefix $(GO)/tests/guest/,$(notdir $(GUEST_SRC:.c=) $(GUEST_GO:.go=)))
GUEST_CC   := gcc
GUEST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g0 $(filter-out -Wmissing-prototypes,$(WARN)) \
	-fno-strict-aliasing -fno-stack-protector -Itests/guest -Wno-stringop-overflow -Wno-stringop-overread -Wno-nonnull

$(GO)/tests/driver: tests/lib/driver.c
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -static -s -o $@ $<

$(GO)/tests/guest/%_dynamic: tests/guest/%_dynamic.c $(wildcard tests/guest/*.h)
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -s -o $@ $< -lm

$(GO)/tests/guest/%_musl: tests/guest/%_musl.c
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -static -s -o $@ $<

$(GO)/tests/guest/%_go: tests/guest/%_go.go
	@mkdir -p $(@D)
	$(Q)CGO_ENABLED=0 GO111MODULE=off GOFLAGS= GOCACHE=$(abspath $(GO)/tests/gocache) $(GOLANG) build -o $@ $<

$(GO)/tests/guest/%: tests/guest/%.c $(wildcard tests/guest/*.h)
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -static -s -o $@ $<

$(GO)/tests/guest/%: tests/guest/bugs/%.c $(wildcard tests/guest/*.h)
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -static -s -o $@ $<

.PHONY: guest-programs
guest-programs: $(GO)/tests/driver $(GUEST_BIN)

.PHONY: check-guest
check-guest: guest-programs $(if $(filter native,$(PLATFORM)),,bailey) ## guest tests [PLATFORM=notify|trap|ptrace|native] [T=GLOB] [J=N]
	$(Q)MODE=rel tests/lib/run-guest -q -j $(or $(J),2) --bailey $(abspath $(O))/bailey \
		$(if $(filter native,$(PLATFORM)),--native,$(if $(PLATFORM),--platform $(PLATFORM))) $(T)

# The attack tests: guest programs that try to get out, and what stands on the host for them to find.
ATTACK_SRC := $(wildcard tests/attack/*.c)
ATTACK_BIN := $(addprefix $(GO)/tests/attack/,$(notdir $(ATTACK_SRC:.c=)))
ATTACK_AID := $(GO)/tests/watch $(GO)/tests/lurker

$(ATTACK_AID): $(GO)/tests/%: tests/lib/%.c
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -static -s -o $@ $<

$(GO)/tests/attack/%: tests/attack/%.c tests/attack/a.h tests/attack/forge.h tests/guest/t.h platform/stub/layout.h
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -I. -Itests/attack -static -s -o $@ $<

.PHONY: attack-programs
attack-programs: $(ATTACK_AID) $(ATTACK_BIN)

.PHONY: check-attack
check-attack: attack-programs bailey ## guests that try to get out [PLATFORM=P] [T=GLOB]
	$(Q)MODE=rel tests/lib/run-attack --bailey $(abspath $(O))/bailey \
		$(if $(PLATFORM),--platform $(PLATFORM)) $(T)
