#ifndef MAIN_OFFICER_H
#define MAIN_OFFICER_H
int officer_main(int argc, char **argv);
#endif
