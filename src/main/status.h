/* etaxd status: checks an invoice against signed lists without a network; writes the lists out to be served as files. */
#ifndef MAIN_STATUS_H
#define MAIN_STATUS_H
int status_main(int argc, char **argv);
#endif
