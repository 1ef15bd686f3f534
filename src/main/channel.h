/* etaxd channel set: what a gateway and this node share. */
#ifndef MAIN_CHANNEL_H
#define MAIN_CHANNEL_H
int channel_main(int argc, char **argv);
#endif
