/* How the program treats memory that it has given back to malloc. */
#ifndef MAIN_MEMORY_H
#define MAIN_MEMORY_H

/* Called first. Arenas free their blocks (up to 1 MiB) after each request or file, and a PDF reads whole fonts (20 MB);
 * glibc would give such memory back to the kernel and take it anew page fault by page fault. That was three quarters of
 * the time of a validator that checks sixteen files together, and seven eighths of a PDF's. */
void memory_keep(void);
/* When the start is over: what only the start needed goes back. */
void memory_settle(void);
#endif
