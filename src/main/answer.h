#ifndef MAIN_ANSWER_H
#define MAIN_ANSWER_H
int answer_main(int argc, char **argv);
#endif
