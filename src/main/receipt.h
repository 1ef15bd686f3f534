/* etaxd receipt verify FILE --key K ...: offline; K is a verifier key string or a file that holds one. FILE is the
 * proof file, or the JSON of a receipt, which holds it. */
#ifndef MAIN_RECEIPT_H
#define MAIN_RECEIPT_H

int receipt_main(int argc, char **argv); /* 0: good; 1: a part fails, it is named; 2: cannot be asked like this */
#endif
