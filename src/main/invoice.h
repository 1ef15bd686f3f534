/* etaxd invoice validate|convert: the invoice's specification at the command line, offline, over many files. */
#ifndef MAIN_INVOICE_H
#define MAIN_INVOICE_H

int invoice_main(int argc, char **argv); /* 0: all good; 1: some file is not; 2: cannot be asked like this */
#endif
