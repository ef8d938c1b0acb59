# What gofer/proto.tbl becomes: both sides of the gofer protocol.
GEN_GOFER := $(foreach f,proto serve calls,$(O)/gen/gofer_$f.h $(O)/gen/gofer_$f.c)

$(O)/gen/.gofer: gofer/genproto gofer/proto.tbl
	@mkdir -p $(O)/gen/gtmp
	@echo "  GEN   gofer/proto.tbl"
	$(Q)$(AWK) -v dir=$(O)/gen/gtmp -f gofer/genproto gofer/proto.tbl
	$(Q)for f in $(notdir $(GEN_GOFER)); do \
		cmp -s $(O)/gen/gtmp/$$f $(O)/gen/$$f || cp $(O)/gen/gtmp/$$f $(O)/gen/$$f; done
	@touch $@

$(GEN_GOFER): $(O)/gen/.gofer ;

GEN += $(GEN_GOFER)
OBJS += $(O)/gen/gofer_proto.o $(O)/gen/gofer_serve.o $(O)/gen/gofer_calls.o

gen: $(GEN_GOFER)
