/* Preprocessed by the Makefile: can the C library's start read packed relocations? */
#include <features.h>
#if __GLIBC_PREREQ(2, 36)
packed
#endif
