# The registration of telehab: links, as backend/deeplink/registryplan.go has
# it: the same values, and the same rule for whose a registration is. A path
# with a percent sign is not registered, since Windows would substitute the link
# there.

!define CLASS "Software\Classes\telehab"

!macro WhoseScheme un
# WhoseScheme says who owns the registration in one place. On the stack: the
# command, and the value that repeats it if we wrote it ("" compares with this
# copy only). It returns "nobody", "ours" or "other".
Function ${un}WhoseScheme
  Exch $R1 # the repetition
  Exch
  Exch $R0 # the command
  Push $R2
  Push $R3
  ${If} $R0 == ""
    StrCpy $R2 "nobody"
  ${ElseIf} $R0 S== $R1
    StrCpy $R2 "ours"
  ${Else}
    StrCpy $R2 $R0 1
    ${If} $R2 == '"'
      StrCpy $R0 $R0 "" 1
    ${EndIf}
    StrLen $R3 "$INSTDIR\${PROGRAM}"
    StrCpy $R2 $R0 $R3
    ${If} $R2 == "$INSTDIR\${PROGRAM}"
      StrCpy $R3 $R0 1 $R3 # what follows
      StrCpy $R2 "other"
      ${If} $R3 == ""
      ${OrIf} $R3 == '"'
      ${OrIf} $R3 == " "
      ${OrIf} $R3 == "$\t"
        StrCpy $R2 "ours"
      ${EndIf}
    ${Else}
      StrCpy $R2 "other"
    ${EndIf}
  ${EndIf}
  Pop $R3
  StrCpy $R0 $R2
  Pop $R2
  Exch $R0
  Exch
  Pop $R1
FunctionEnd
!macroend

!insertmacro WhoseScheme ""
!insertmacro WhoseScheme "un."

# LookAt: who has the links in one place of the registry, in Result.
!macro LookAt un Root Result
  ClearErrors
  ReadRegStr ${Result} ${Root} "${CLASS}\shell\open\command" ""
  ${If} ${Errors}
    # Nothing, or a value too long to read, which then is another program's.
    ClearErrors
    EnumRegValue ${Result} ${Root} "${CLASS}\shell\open\command" 0
    ${IfNot} ${Errors}
      StrCpy ${Result} "unreadable"
    ${Else}
      StrCpy ${Result} ""
    ${EndIf}
  ${EndIf}
  Push ${Result}
  ReadRegStr ${Result} ${Root} "${CLASS}" "TeleHabCommand"
  Push ${Result}
  Call ${un}WhoseScheme
  Pop ${Result}
!macroend

# RegisterScheme registers this copy, unless the links belong to another
# program: that is for a person to decide, in TeleHab's settings.
Function RegisterScheme
  !insertmacro LookAt "" HKLM $0
  ${If} $Everyone = 0
    !insertmacro LookAt "" HKCU $1
    ${If} $1 != "nobody"
      StrCpy $0 $1 # the person's place comes first
    ${EndIf}
  ${EndIf}
  ClearErrors
  ${WordFind} "$INSTDIR" "%" "E+1{" $1
  ${IfNot} ${Errors}
  ${OrIf} $0 == "other"
    Return
  ${EndIf}
  StrCpy $1 '"$INSTDIR\${PROGRAM}" --link "%1"'
  DeleteRegKey SHCTX "${CLASS}"
  WriteRegStr SHCTX "${CLASS}" "" "URL:TeleHab"
  WriteRegStr SHCTX "${CLASS}" "URL Protocol" ""
  WriteRegStr SHCTX "${CLASS}" "TeleHabCommand" $1
  WriteRegStr SHCTX "${CLASS}\DefaultIcon" "" '"$INSTDIR\${PROGRAM}",0'
  WriteRegStr SHCTX "${CLASS}\shell\open\command" "" $1
FunctionEnd

# UnregisterScheme removes our registration. A person's registration of a copy
# for everyone is removed only if it starts that copy.
Function un.UnregisterScheme
  !insertmacro LookAt "un." SHCTX $0
  ${If} $0 == "ours"
    DeleteRegKey SHCTX "${CLASS}"
  ${EndIf}
  ${If} $Everyone = 1
    ReadRegStr $0 HKCU "${CLASS}\shell\open\command" ""
    Push $0
    Push ""
    Call un.WhoseScheme
    Pop $0
    ${If} $0 == "ours"
      DeleteRegKey HKCU "${CLASS}"
    ${EndIf}
  ${EndIf}
FunctionEnd
