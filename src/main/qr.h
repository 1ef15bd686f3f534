/* etaxd qr verify TEXT|FILE --key K: checks a signed QR text offline: of an invoice, or of a seller's device (service lane). */
#ifndef MAIN_QR_H
#define MAIN_QR_H

int qr_main(int argc, char **argv); /* 0: good; 1: it fails, the reason is named; 2: cannot be asked like this */
#endif
