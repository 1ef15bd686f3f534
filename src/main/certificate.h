/* etaxd certificate verify FILE --key K: offline; K is the log's verifier key string or a file that holds one. */
#ifndef MAIN_CERTIFICATE_H
#define MAIN_CERTIFICATE_H

int certificate_main(int argc, char **argv); /* 0: good; 1: a part fails, it is named; 2: cannot be asked like this */
#endif
