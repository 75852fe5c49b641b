#include <webkit2/webkit2.h>

/* Looks for the program's web view on the toolkit's thread, and watches it. */
void telehab_watch_web_process(void);
