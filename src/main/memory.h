/* How the program treats memory that it has given back to malloc. */
#ifndef MAIN_MEMORY_H
#define MAIN_MEMORY_H

/* Called first. Arenas free their blocks (up to 1 MiB) after each request or file; glibc would give such memory back to
 * the kernel at once, and take it anew page fault by page fault: three quarters of the time of a validator that checks
 * sixteen files together. A few megabytes a malloc arena are kept. */
void memory_keep(void);
#endif
