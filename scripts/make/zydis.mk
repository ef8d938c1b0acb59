# Zydis, the decoder: three files of its source, the least it can be configured to (100 KB, no
# relocations).  Where scripts/get-zydis has put it, or else fetched into out/.
ZYDIS_FOUND := $(firstword $(wildcard $(addsuffix /zydis/src/Decoder.c,/usr/local/src/bailey \
	$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/bailey)))
ZYDIS := $(or $(ZYDIS_FOUND:/src/Decoder.c=),out/zydis)
ZYDIS_OBJ := $(addprefix $(O)/zydis/,Decoder.o DecoderData.o SharedData.o)
ZYDIS_CONFIG := -DZYDIS_STATIC_BUILD -DZYCORE_STATIC_BUILD -DZYDIS_DISABLE_FORMATTER \
	-DZYDIS_DISABLE_ENCODER -DZYDIS_MINIMAL_MODE -DZYDIS_DISABLE_AVX512 -DZYDIS_DISABLE_KNC \
	-DNDEBUG -I$(ZYDIS)/include

out/zydis/src/Decoder.c:
	@echo "  GET   zydis"
	$(Q)scripts/get-zydis out/zydis

$(O)/zydis/%.o: $(ZYDIS)/src/Decoder.c $(O)/.flags
	@mkdir -p $(@D)
	@echo "  CC    zydis/$*.c"
	$(Q)$(CC) -std=gnu11 -O2 -g $(CFLAGS_$(MODE)) $(ZYDIS_CONFIG) -I$(ZYDIS)/src -w -c -o $@ $(ZYDIS)/src/$*.c

OBJS += $(ZYDIS_OBJ)

# What decodes with it.
$(O)/platform/patch/x86_64/%.o: CFLAGS += $(ZYDIS_CONFIG)
$(O)/platform/patch/x86_64/decode.o: | $(ZYDIS)/src/Decoder.c
