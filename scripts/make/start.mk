# The C library's start, ours for the library it was written for (lib/start/libc_start.c): it has
# to link, and a program with it to run.
START_OBJ := $(O)/start/libc_start.o
START_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g -fPIE -fno-stack-protector -I.

ifeq ($(MODE)$(shell $(CC) -E -P scripts/libc-start.h 2>/dev/null | tail -1),relours)
$(START_OBJ): lib/start/libc_start.c scripts/make/start.mk $(O)/.flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(START_CFLAGS) -c -o $@.tmp $<
	$(Q)if echo 'int main(void) { return 42; }' | \
		$(CC) -fPIE $(LDFLAGS) -x c - -x none -o $@.try $@.tmp 2>/dev/null; \
		[ -x $@.try ] && { $@.try; [ $$? = 42 ]; }; then :; \
	else \
		echo "  no start of our own: the C library's is another"; \
		echo | $(CC) -fPIE -x c -c -o $@.tmp -; \
	fi
	$(Q)rm -f $@.try; mv $@.tmp $@

$(O)/bailey: $(START_OBJ)
$(O)/bailey: LDLIBS := $(START_OBJ) $(LDLIBS)
endif
