# Inside other people's containers, and under a filter like theirs.
PROFILE := out/rel/tests/profile

$(PROFILE): tests/container/profile.c
	@mkdir -p $(@D)
	$(Q)$(GUEST_CC) $(GUEST_CFLAGS) -s -o $@ $< -lseccomp

.PHONY: check-profile
check-profile: $(PROFILE) guest-programs bailey ## guest tests under a filter like Docker's [T=GLOB] [J=N]
	$(Q)MODE=rel $(PROFILE) tests/lib/run-guest -q -j $(or $(J),2) --bailey $(abspath $(O))/bailey $(T)

.PHONY: check-container
check-container: guest-programs bailey ## guests in Docker, Podman and bwrap, those that are installed
	$(Q)tests/container/run

.PHONY: check-platforms
check-platforms: $(PROFILE) bailey ## which platform is chosen where, and what is said of it
	$(Q)tests/cli/platform $(O)/bailey
