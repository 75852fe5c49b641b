# Microsoft Edge WebView2 draws the window. Windows 11 and most of Windows 10
# have it; otherwise Microsoft's small installer downloads it.

!define WEBVIEW "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"

# HaveWebView: the version of the one at a place, "" for none, in $0.
!macro HaveWebView Root Key
  ${If} $0 == ""
    ReadRegStr $0 ${Root} "${Key}\${WEBVIEW}" "pv"
    ${If} $0 == "0.0.0.0" # what is left of a removed one
      StrCpy $0 ""
    ${EndIf}
  ${EndIf}
!macroend

Function FindWebView
  StrCpy $0 ""
  !insertmacro HaveWebView HKLM "SOFTWARE\WOW6432Node"
  !insertmacro HaveWebView HKLM "SOFTWARE"
  ${If} $Everyone = 0
    !insertmacro HaveWebView HKCU "Software"
  ${EndIf}
FunctionEnd

Function EnsureWebView
  Call FindWebView
  ${If} $0 != ""
    Return
  ${EndIf}
  InitPluginsDir
  SetOutPath $PLUGINSDIR
  File "${FILES}\MicrosoftEdgeWebview2Setup.exe"
  ExecWait '"$PLUGINSDIR\MicrosoftEdgeWebview2Setup.exe" /silent /install'
  SetOutPath $INSTDIR
  Call FindWebView # whatever it said
  ${If} $0 == ""
    MessageBox MB_OK|MB_ICONEXCLAMATION \
      "TeleHab is installed, but its window needs Microsoft Edge WebView2, which is missing and could not be downloaded.$\r$\n$\r$\nConnect to the internet and run this installer again. For a computer that stays offline, your IT person can install the WebView2 Runtime (Evergreen Standalone Installer, x64) from Microsoft." \
      /SD IDOK
    SetErrorLevel ${EXIT_NO_WEBVIEW}
  ${EndIf}
FunctionEnd
