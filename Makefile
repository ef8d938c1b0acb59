# bailey: one Makefile.  `make help` says what there is.
MODE ?= rel
O    := out/$(MODE)
CC   := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
AWK  ?= awk
CLANG_FORMAT ?= clang-format
PREFIX ?= /usr/local

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += -rR --no-print-directory
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Werror -Wvla -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wold-style-definition -Wwrite-strings -Wpointer-arith -Wundef -Wimplicit-fallthrough \
	-Wformat=2 -Wcast-function-type
BASE := -std=gnu11 -D_GNU_SOURCE $(WARN) -fno-common -fno-strict-aliasing -g \
	-I. -Isentry -I$(O)

CFLAGS_rel  := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE -fdata-sections
CFLAGS_dbg  := -O1 -fno-omit-frame-pointer -fPIE -DBAILEY_DEBUG=1
CFLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -DBAILEY_DEBUG=1
CFLAGS_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread -Wno-tsan -DBAILEY_DEBUG=1
comma := ,
# The list of what is relocated at each start of each role is 60 times as short when it is
# packed, which the C library can read since 2.36.
PACKED := $(shell $(CC) -E -P scripts/packed-relocs.h 2>/dev/null)
LDFLAGS_rel  := -static-pie -Wl,-z,relro,-z,now$(if $(findstring packed,$(PACKED)),$(comma)-z$(comma)pack-relative-relocs) -Wl,-T,scripts/start.ld
LDFLAGS_dbg  := -static-pie -Wl,-z,relro,-z,now
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread
ifeq ($(CFLAGS_$(MODE)),)
$(error MODE is one of rel dbg asan tsan)
endif

CFLAGS  := $(BASE) $(CFLAGS_$(MODE)) $(EXTRA_CFLAGS)
LDFLAGS := $(LDFLAGS_$(MODE))
LDLIBS  := -ljansson -lpthread -lm

ROOTS := $(wildcard lib sentry platform gofer runtime)
SRCS := $(shell find $(ROOTS) -name '*.c' -not -path 'platform/stub/*' -not -path 'lib/start/*' | sort)
ASMS := $(shell find $(ROOTS) -name '*.S' -not -path 'platform/stub/*' | sort)
OBJS := $(SRCS:%.c=$(O)/%.o) $(ASMS:%.S=$(O)/%.o)
MAIN := $(O)/runtime/main.o
LIB  := $(O)/libbailey.a

.PHONY: all
all: bailey ## build ./bailey (MODE=rel) or out/MODE/bailey

# The release build also stands in the root, where people look for it.
.PHONY: bailey
bailey: $(O)/bailey
ifeq ($(MODE),rel)
	$(Q)cmp -s $< $@ || install -m 755 $< $@
endif

# Each part adds its own rules: generated files, the stub, tests, lint.
GEN :=
include $(wildcard scripts/make/*.mk)

# Changed when flags or the list of objects change; what depends on them is rebuilt.
define WRITE_IF_CHANGED
@mkdir -p $(@D)
@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' > $@
endef
.PHONY: FORCE
FORCE:
$(O)/.flags: FORCE
	$(call WRITE_IF_CHANGED,$(filter-out ccache,$(CC)) $(CFLAGS) $(LDFLAGS))
$(O)/.objects: FORCE
	$(call WRITE_IF_CHANGED,$(OBJS))

$(O)/bailey: $(OBJS) $(O)/.objects
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(OBJS) $(LDLIBS)

$(LIB): $(filter-out $(MAIN),$(OBJS)) $(O)/.objects
	$(Q)rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

$(O)/%.o: %.c $(O)/.flags | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.o: %.S $(O)/.flags | $(GEN)
	@mkdir -p $(@D)
	@echo "  AS    $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJS:.o=.d)

.PHONY: install
install: all ## install bailey and its pages below DESTDIR/PREFIX
	install -D -m 755 $(O)/bailey $(DESTDIR)$(PREFIX)/bin/bailey
	install -D -m 644 README.md $(DESTDIR)$(PREFIX)/share/doc/bailey/README.md
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/bailey/LICENSE
	install -D -m 644 $(ZYDIS)/LICENSE $(DESTDIR)$(PREFIX)/share/doc/bailey/LICENSE.zydis

.PHONY: clean
clean: ## remove everything that was built
	rm -rf out bailey

.PHONY: help
help: ## this list
	@echo "make [TARGET] [MODE=rel|dbg|asan|tsan] [V=1] [-jN]"
	@$(AWK) -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
