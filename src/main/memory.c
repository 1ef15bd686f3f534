#include "main/memory.h"
#include <malloc.h>

enum { KEPT_AT_THE_TOP = 48 << 20, MAPPED_FROM = 32 << 20 };

void memory_keep(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_AT_THE_TOP);
	(void)mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
}

void memory_settle(void)
{
	(void)malloc_trim(0);
}
