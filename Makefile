# bailey: one Makefile.  `make help` says what there is.
MODE ?= rel
O    := out/$(MODE)
CC   ?= gcc
AWK  ?= awk

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += -rR --no-print-directory
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Werror -Wvla -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wold-style-definition -Wwrite-strings -Wpointer-arith -Wundef -Wimplicit-fallthrough \
	-Wformat=2 -Wcast-function-type
BASE := -std=gnu11 -D_GNU_SOURCE $(WARN) -fno-common -fno-strict-aliasing -g \
	-I. -Isentry -I$(O)

CFLAGS_rel  := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE
CFLAGS_dbg  := -O1 -fno-omit-frame-pointer -fPIE -DBAILEY_DEBUG=1
CFLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -DBAILEY_DEBUG=1
CFLAGS_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread -DBAILEY_DEBUG=1
LDFLAGS_rel  := -static-pie -Wl,-z,relro,-z,now
LDFLAGS_dbg  := -static-pie -Wl,-z,relro,-z,now
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread

CFLAGS  := $(BASE) $(CFLAGS_$(MODE)) $(EXTRA_CFLAGS)
LDFLAGS := $(LDFLAGS_$(MODE))
LDLIBS  := -lseccomp -ljansson -lpthread

SRCS := $(shell find $(wildcard lib sentry platform gofer runtime) -name '*.c' -not -path 'platform/stub/*' | sort)
ASMS := $(shell find $(wildcard lib sentry platform gofer runtime) -name '*.S' -not -path 'platform/stub/*' | sort)
OBJS := $(SRCS:%.c=$(O)/%.o) $(ASMS:%.S=$(O)/%.o)
MAIN := $(O)/runtime/main.o
LIB  := $(O)/libbailey.a

.PHONY: all
all: bailey

.PHONY: bailey
bailey: $(O)/bailey
	$(Q)cmp -s $< $@ || install -m 755 $< $@

# Each part adds its own rules: generated files, the stub, tests, lint.
GEN :=
include $(wildcard scripts/make/*.mk)

$(O)/bailey: $(OBJS)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(OBJS) $(LDLIBS)

$(LIB): $(filter-out $(MAIN),$(OBJS))
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(O)/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.o: %.S | $(GEN)
	@mkdir -p $(@D)
	@echo "  AS    $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJS:.o=.d)

.PHONY: clean
clean:
	rm -rf out bailey
