# The service that `telehab service install` makes runs this program, so that its
# file is locked: it is stopped before the file is replaced, and started again.
# Only a program for everyone can have it.

!define SERVICE_KEY "SYSTEM\CurrentControlSet\Services\TeleHab"

Var ServiceRan # 1: it was stopped, and is to be started again

!macro ServiceFunctions un
# HasService: the command of the service in $R0, "" for none.
Function ${un}HasService
  StrCpy $R0 ""
  ${If} $Everyone = 1
    ReadRegStr $R0 HKLM "${SERVICE_KEY}" "ImagePath"
  ${EndIf}
FunctionEnd

Function ${un}StopService
  StrCpy $ServiceRan 0
  Call ${un}HasService
  ${If} $R0 != ""
    nsExec::Exec '"$SYSDIR\net.exe" stop TeleHab' # waits until it has ended
    Pop $R0
    ${If} $R0 = 0
      StrCpy $ServiceRan 1
    ${EndIf}
  ${EndIf}
FunctionEnd

Function ${un}StartService
  ${If} $ServiceRan = 1
    nsExec::Exec '"$SYSDIR\net.exe" start TeleHab'
    Pop $R0
  ${EndIf}
FunctionEnd
!macroend

!insertmacro ServiceFunctions ""
!insertmacro ServiceFunctions "un."

# un.RemoveService: the program knows what belongs to the service.
Function un.RemoveService
  Call un.HasService
  ${If} $R0 == ""
    Return
  ${EndIf}
  nsExec::Exec '"$INSTDIR\${PROGRAM}" service remove'
  Pop $R0
  Call un.HasService
  ${If} $R0 != ""
    Call un.StartService
    !insertmacro Stop ${EXIT_SERVICE} "TeleHab's service could not be removed, so TeleHab stays installed. Close Windows' list of services and uninstall again; if that does not help, contact ${SUPPORT}."
  ${EndIf}
FunctionEnd
