# The installer for Windows: for one person without administrator rights, or
# with /ALLUSERS for everyone on the computer. docs/DEPLOY.md has the switches
# and the exit codes; build/scripts/package-windows.sh calls makensis:
#
#   -DVERSION=1.2.3 -DVERSION_NUMERIC=1.2.3.0 -DFILES=<folder with telehab.exe,
#   LICENSE.txt, NOTICES.txt, MicrosoftEdgeWebview2Setup.exe> -DOUT=<the
#   installer> [-DSIGN=<program that signs the file it is given>]

# Debian has this stub too; a 32-bit one would see another registry.
Target amd64-unicode
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include MUI2.nsh

!define PROGRAM   "telehab.exe"
!define SETUP_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\TeleHab"
!define SUPPORT   "support@vald.com"

# Exit codes. 64, 740 and 1638 mean what they mean to Windows Installer.
!define EXIT_NO_WEBVIEW 10
!define EXIT_RUNNING    32
!define EXIT_OLD        64
!define EXIT_KEPT       11
!define EXIT_SERVICE    12
!define EXIT_ADMIN      740
!define EXIT_OTHER      1638

Name "TeleHab"
OutFile "${OUT}"
BrandingText "TeleHab ${VERSION}"
RequestExecutionLevel user
SetCompressor /SOLID lzma
# The files get the time of the installation: two builds have the same bytes.
SetDateSave off
ManifestDPIAware true
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION_NUMERIC}"
VIFileVersion "${VERSION_NUMERIC}"
VIAddVersionKey "CompanyName" "TeleHab"
VIAddVersionKey "ProductName" "TeleHab"
VIAddVersionKey "FileDescription" "TeleHab installer"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Copyright (c) 2026 the TeleHab desktop authors"

!ifdef SIGN
  !uninstfinalize '"${SIGN}" "%1"'
  !finalize '"${SIGN}" "%1"'
!endif

!define MUI_ICON "..\icon.ico"
!define MUI_UNICON "..\icon.ico"
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "Open TeleHab"
!define MUI_FINISHPAGE_RUN_FUNCTION OpenProgram
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Var Everyone # 1: for all who use the computer
Var Purge    # 1: clients' data and key go too

!include "scheme.nsh"
!include "webview.nsh"

# Stop says why and ends with a code; silently, only the code.
!macro Stop Code Sentence
  MessageBox MB_OK|MB_ICONEXCLAMATION "${Sentence}" /SD IDOK
  SetErrorLevel ${Code}
  Quit
!macroend

# Elevate starts this program again as an administrator. In silent mode there is
# no one for Windows to ask.
!macro Elevate File Arguments
  ${If} ${Silent}
    SetErrorLevel ${EXIT_ADMIN}
    Quit
  ${EndIf}
  ExecShell "runas" "${File}" "${Arguments}"
  Quit
!macroend

!include "service.nsh"
!include "running.nsh"

!macro ScopeIs Everybody
  StrCpy $Everyone ${Everybody}
  !if ${Everybody} == 1
    SetShellVarContext all
  !else
    SetShellVarContext current
  !endif
!macroend

Function .onInit
  SetRegView 64
  ${IfNot} ${AtLeastWin10}
    !insertmacro Stop ${EXIT_OLD} "TeleHab needs Windows 10 or later."
  ${EndIf}
  !insertmacro ScopeIs 0
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/ALLUSERS" $R1
  ${IfNot} ${Errors}
    !insertmacro ScopeIs 1
  ${Else}
    # A second copy beside the one that IT installed would only confuse.
    ReadRegStr $R1 HKLM "${SETUP_KEY}" "InstallLocation"
    ${If} $R1 != ""
      ${If} ${Silent}
        SetErrorLevel ${EXIT_OTHER}
        Quit
      ${EndIf}
      !insertmacro ScopeIs 1
    ${EndIf}
  ${EndIf}
  UserInfo::GetAccountType
  Pop $R1
  ${If} $Everyone = 1
  ${AndIf} $R1 != "Admin"
    !insertmacro Elevate "$EXEPATH" "/ALLUSERS"
  ${EndIf}
  Call ChooseFolder
FunctionEnd

# ChooseFolder: /D of the command line, otherwise where it was, otherwise the
# usual place.
Function ChooseFolder
  ${If} $INSTDIR != ""
    Return
  ${EndIf}
  ReadRegStr $INSTDIR SHCTX "${SETUP_KEY}" "InstallLocation"
  ${If} $INSTDIR == ""
    ${If} $Everyone = 1
      StrCpy $INSTDIR "$PROGRAMFILES64\TeleHab"
    ${Else}
      StrCpy $INSTDIR "$LOCALAPPDATA\Programs\TeleHab"
    ${EndIf}
  ${EndIf}
FunctionEnd

Section
  Call StopService
  Call CloseRunning
  SetOutPath $INSTDIR
  File "${FILES}\${PROGRAM}"
  File "${FILES}\LICENSE.txt"
  File "${FILES}\NOTICES.txt"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\TeleHab.lnk" "$INSTDIR\${PROGRAM}"
  Call WriteSetupKey
  Call RegisterScheme
  Call StartService
  Call EnsureWebView
SectionEnd

# WriteSetupKey writes the entry in Windows' list of apps.
Function WriteSetupKey
  WriteRegStr SHCTX "${SETUP_KEY}" "DisplayName" "TeleHab"
  WriteRegStr SHCTX "${SETUP_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${SETUP_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM}"
  WriteRegStr SHCTX "${SETUP_KEY}" "Publisher" "TeleHab"
  WriteRegStr SHCTX "${SETUP_KEY}" "Contact" "${SUPPORT}"
  WriteRegStr SHCTX "${SETUP_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${SETUP_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${SETUP_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${SETUP_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${SETUP_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${SETUP_KEY}" "EstimatedSize" $0
FunctionEnd

# Through the desktop, which is not elevated even when this is.
Function OpenProgram
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\${PROGRAM}"'
FunctionEnd

Function un.onInit
  SetRegView 64
  !insertmacro ScopeIs 0
  ReadRegStr $R1 HKLM "${SETUP_KEY}" "InstallLocation"
  ${If} $R1 == $INSTDIR
    !insertmacro ScopeIs 1
  ${EndIf}
  ${GetParameters} $R0
  StrCpy $Purge 0
  ClearErrors
  ${GetOptions} $R0 "/PURGE" $R1
  ${IfNot} ${Errors}
    StrCpy $Purge 1
  ${EndIf}
  UserInfo::GetAccountType
  Pop $R1
  ${If} $Everyone = 1
  ${AndIf} $R1 != "Admin"
    !insertmacro Elevate "$INSTDIR\uninstall.exe" ""
  ${EndIf}
FunctionEnd

# An uninstaller continues in a copy of itself. On a busy computer the program
# that started the copy has not ended yet, and its file cannot be deleted. Nobody
# waits for this but a window that says so, so it tries for a minute.
Function un.DeleteUninstaller
  StrCpy $R2 0
  ${Do}
    ClearErrors
    Delete "$INSTDIR\uninstall.exe"
    ${IfNot} ${Errors}
    ${OrIf} $R2 = 240
      Return
    ${EndIf}
    Sleep 250
    IntOp $R2 $R2 + 1
  ${Loop}
FunctionEnd

Section "un.TeleHab"
  Call un.StopService
  Call un.CloseRunning
  Call un.RemoveService
  Call un.CloseRunning # the service's last run has just ended
  ${If} $Purge = 0
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 \
      "Also erase the clients, the people and the Cliniko key that TeleHab has stored for you on this computer?$\r$\n$\r$\nNothing changes in Cliniko. Choose No if TeleHab will be installed again." \
      /SD IDNO IDNO keep
    StrCpy $Purge 1
    keep:
  ${EndIf}
  ${If} $Purge = 1
    # The program knows where its data and keys are.
    nsExec::Exec '"$INSTDIR\${PROGRAM}" purge --yes'
    Pop $R0
    ${If} $R0 != 0
      !insertmacro Stop ${EXIT_KEPT} "TeleHab's data could not be erased, so TeleHab stays installed. Restart the computer and uninstall again; if that does not help, contact ${SUPPORT}."
    ${EndIf}
  ${EndIf}
  Call un.UnregisterScheme
  Delete "$SMPROGRAMS\TeleHab.lnk"
  DeleteRegKey SHCTX "${SETUP_KEY}"
  Delete "$INSTDIR\${PROGRAM}"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\NOTICES.txt"
  Call un.DeleteUninstaller
  RMDir "$INSTDIR" # not what others put there
SectionEnd
