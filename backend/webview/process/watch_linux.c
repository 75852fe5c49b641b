#include "watch_linux.h"
#include "_cgo_export.h"

/* A page that crashes its process at each load is not loaded more often. */
#define PAUSE_SECONDS 10

static gint64 last_load; /* in microseconds */

static gboolean load_again(gpointer view) {
    last_load = g_get_monotonic_time();
    webkit_web_view_reload(WEBKIT_WEB_VIEW(view));
    g_object_unref(view);
    return G_SOURCE_REMOVE;
}

static void on_terminated(WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer data) {
    /* The window locks before a page is there that could ask who is signed in. */
    telehabWebProcessEnded(reason);
    gboolean soon = last_load == 0 || g_get_monotonic_time() - last_load > PAUSE_SECONDS * G_USEC_PER_SEC;
    g_timeout_add_seconds(soon ? 0 : PAUSE_SECONDS, load_again, g_object_ref(view));
}

static void find_view(GtkWidget *widget, gpointer found) {
    WebKitWebView **view = found;
    if (*view)
        return;
    if (WEBKIT_IS_WEB_VIEW(widget))
        *view = WEBKIT_WEB_VIEW(widget);
    else if (GTK_IS_CONTAINER(widget))
        gtk_container_forall(GTK_CONTAINER(widget), find_view, found);
}

/* Runs on the toolkit's thread, again until the view is there. */
static gboolean watch(gpointer data) {
    WebKitWebView *view = NULL;
    GList *windows = gtk_window_list_toplevels();
    for (GList *each = windows; each; each = each->next)
        find_view(GTK_WIDGET(each->data), &view);
    g_list_free(windows);
    if (!view)
        return G_SOURCE_CONTINUE;
    g_signal_connect(view, "web-process-terminated", G_CALLBACK(on_terminated), NULL);
    return G_SOURCE_REMOVE;
}

void telehab_watch_web_process(void) { g_timeout_add(100, watch, NULL); }
