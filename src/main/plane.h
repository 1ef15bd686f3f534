/* etaxd plane: builds the verification plane anew, ships it as signed segments, takes them in. */
#ifndef MAIN_PLANE_H
#define MAIN_PLANE_H
int plane_main(int argc, char **argv);
#endif
