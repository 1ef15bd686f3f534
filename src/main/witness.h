/* `etaxd witness`: cosigns the checkpoints of one log (C2SP tlog-witness), and no two that do not go on from each other. */
#ifndef MAIN_WITNESS_H
#define MAIN_WITNESS_H

int witness_main(int argc, char **argv);
#endif
