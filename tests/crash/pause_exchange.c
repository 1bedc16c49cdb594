/* LD_PRELOAD for the local role: stops it right before it exchanges the workbook's name with that of
   the new file, so that a test can do there what a person might do (tests/system/window_test.py).

   PAUSE_FOLDER/arm     asks for one stop; taken away when it begins
   PAUSE_FOLDER/stopped is there while we wait
   PAUSE_FOLDER/go      ends it; so does a minute

   Only an exchange is stopped; every other call passes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { exchange_flag = 2, waits_max = 60 * 1000 };

static void stop_if_asked(const char* folder) {
  char arm[PATH_MAX], stopped[PATH_MAX], go[PATH_MAX];
  snprintf(arm, sizeof arm, "%s/arm", folder);
  snprintf(stopped, sizeof stopped, "%s/stopped", folder);
  snprintf(go, sizeof go, "%s/go", folder);
  if (rename(arm, stopped) != 0) return;
  for (int waits = 0; waits < waits_max && access(go, F_OK) != 0; ++waits) usleep(1000);
  unlink(go);
  unlink(stopped);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  typedef int (*Call)(int, const char*, int, const char*, unsigned);
  const Call call = (Call)dlsym(RTLD_NEXT, "renameat2");
  const char* folder = getenv("PAUSE_FOLDER");
  if ((flags & exchange_flag) != 0 && folder != NULL) stop_if_asked(folder);
  return call(from_folder, from, to_folder, to, flags);
}
