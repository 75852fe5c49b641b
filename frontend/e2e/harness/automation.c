/* Test only. Loaded into the release binary ahead of WebKitGTK, so that
 * WebKitWebDriver may drive the app's one window. The app itself refuses remote
 * control: its main() drops the variable by which WebKit is told to allow it.
 *
 * WebKit wants three things: automation allowed on the web context, a view that
 * was made for automation, and that view handed over when a session starts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <webkit2/webkit2.h>

#define SERVER "WEBKIT_INSPECTOR_SERVER"

static WebKitWebView *only_view;
static char *server;

/* Runs before main(), which unsets the variable. */
__attribute__((constructor)) static void remember_server(void) {
  server = g_strdup(getenv(SERVER));
}

/* The last moment at which WebKit still looks for it. */
gboolean gtk_init_check(int *argc, char ***argv) {
  gboolean (*real)(int *, char ***);
  *(void **)&real = dlsym(RTLD_NEXT, "gtk_init_check");
  if (server)
    setenv(SERVER, server, 1);
  return real(argc, argv);
}

static GtkWidget *hand_over_view(WebKitAutomationSession *session, gpointer data) {
  return GTK_WIDGET(only_view);
}

static void on_session(WebKitWebContext *context, WebKitAutomationSession *session, gpointer data) {
  WebKitApplicationInfo *info = webkit_application_info_new();
  webkit_application_info_set_name(info, "telehab");
  webkit_application_info_set_version(info, 1, 0, 0);
  webkit_automation_session_set_application_info(session, info);
  webkit_application_info_unref(info);
  g_signal_connect(session, "create-web-view", G_CALLBACK(hand_over_view), NULL);
}

/* In place of WebKit's function of the same name, the one that Wails calls. */
GtkWidget *webkit_web_view_new_with_user_content_manager(WebKitUserContentManager *manager) {
  WebKitWebContext *context = webkit_web_context_get_default();
  only_view = g_object_new(WEBKIT_TYPE_WEB_VIEW, "web-context", context, "user-content-manager", manager,
                           "is-controlled-by-automation", TRUE, NULL);
  g_signal_connect(context, "automation-started", G_CALLBACK(on_session), NULL);
  webkit_web_context_set_automation_allowed(context, TRUE);
  return GTK_WIDGET(only_view);
}
