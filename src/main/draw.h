/* etaxd draw verify DIR: runs a draw again from its public files. */
#ifndef MAIN_DRAW_H
#define MAIN_DRAW_H

int draw_main(int argc, char **argv);
#endif
