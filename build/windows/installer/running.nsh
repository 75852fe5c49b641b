# Asks a running TeleHab to close, before its file is replaced or deleted.

!define TRIES 40 # four a second
!define WM_CLOSE_MESSAGE 16

!macro CloseRunning un
# CloseRunning returns when the program's file is free. Windows locks it while
# the program runs, also for another user of this computer or in a terminal.
Function ${un}CloseRunning
  StrCpy $R2 0
  ${Do}
    ${IfNot} ${FileExists} "$INSTDIR\${PROGRAM}"
      Return
    ${EndIf}
    ClearErrors
    FileOpen $R0 "$INSTDIR\${PROGRAM}" a
    ${IfNot} ${Errors}
      FileClose $R0
      Return
    ${EndIf}
    ${If} $R2 = 0
      # The class is that of Wails' windows.
      FindWindow $R1 "wailsWindow" "TeleHab"
      ${If} $R1 <> 0
        SendMessage $R1 ${WM_CLOSE_MESSAGE} 0 0 /TIMEOUT=5000
      ${EndIf}
    ${EndIf}
    ${If} $R2 = ${TRIES}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION \
        "TeleHab is still open, perhaps for another person on this computer. Close it, then choose Retry." \
        /SD IDCANCEL IDRETRY retry
      Call ${un}StartService
      SetErrorLevel ${EXIT_RUNNING}
      Quit
      retry:
      StrCpy $R2 -1
    ${EndIf}
    Sleep 250
    IntOp $R2 $R2 + 1
  ${Loop}
FunctionEnd
!macroend

!insertmacro CloseRunning ""
!insertmacro CloseRunning "un."
