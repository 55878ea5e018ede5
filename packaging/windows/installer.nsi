; Installer for Windows: per user, without administrator rights. packaging/installers/windows.py calls makensis with
;   BUNDLE    folder of the bundle
;   ICON      finetune-gui.ico
;   VERSION   of the app
;   OUTPUT    the installer to write
;   SIZE_KB   what the app takes when it is installed
;   ARCHIVE   name of a zip of the bundle that lies beside the installer; without it the bundle is inside.
;             NSIS cannot hold more than 2 GB, which the CUDA flavour exceeds.
;   SHA256    of that zip

Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
RequestExecutionLevel user

!include "MUI2.nsh"
!include "LogicLib.nsh"

!define TITLE "Finetune GUI"
!define WINDOW "finetune-gui-window.exe"
!define COMMAND "finetune-gui.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\finetune-gui"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths"

Name "${TITLE}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${TITLE}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${TITLE}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installer of ${TITLE}"
VIAddVersionKey "LegalCopyright" "Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOW}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

; What runs cannot be replaced: Windows forbids to write to its file.
!macro REFUSE_WHILE_RUNNING
  ${If} ${FileExists} "$INSTDIR\${WINDOW}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${WINDOW}" a
    ${If} ${Errors}
      MessageBox MB_OK|MB_ICONEXCLAMATION "${TITLE} is running. Close it, then start this again." /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

; Only what an installer has brought: other files in the folder are the user's.
!macro REMOVE_APP
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\${WINDOW}"
  Delete "$INSTDIR\${COMMAND}"
!macroend

Section
  SectionIn RO
  !insertmacro REFUSE_WHILE_RUNNING
  SetOutPath "$INSTDIR"

  !ifdef ARCHIVE
    AddSize ${SIZE_KB}
    ${IfNot} ${FileExists} "$EXEDIR\${ARCHIVE}"
      MessageBox MB_OK|MB_ICONSTOP "Put ${ARCHIVE} into the folder of this installer, then start it again." /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
    DetailPrint "Checking ${ARCHIVE}; this takes a minute ..."
    nsExec::ExecToStack 'cmd /d /c ""$SYSDIR\certutil.exe" -hashfile "$EXEDIR\${ARCHIVE}" SHA256 | "$SYSDIR\findstr.exe" /i /c:"${SHA256}""'
    Pop $0
    Pop $1
    ${If} $0 != 0
      MessageBox MB_OK|MB_ICONSTOP "${ARCHIVE} is damaged or of another version. Download it again." /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
    !insertmacro REMOVE_APP
    DetailPrint "Unpacking ${ARCHIVE}; this takes some minutes ..."
    nsExec::ExecToLog '"$SYSDIR\tar.exe" -xf "$EXEDIR\${ARCHIVE}" -C "$INSTDIR"'
    Pop $0
    ${If} $0 != 0
      MessageBox MB_OK|MB_ICONSTOP "${ARCHIVE} could not be unpacked. Is there room on the disk?" /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
  !else
    !insertmacro REMOVE_APP
    File /r "${BUNDLE}/*"
  !endif

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${WINDOW}"
  WriteRegStr HKCU "${APP_PATHS}\${COMMAND}" "" "$INSTDIR\${COMMAND}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${WINDOW}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

; Runs, settings and caches lie in other folders and stay; GPU support that was fetched is the app's own.
Section "Uninstall"
  !insertmacro REFUSE_WHILE_RUNNING
  !insertmacro REMOVE_APP
  RMDir /r "$LOCALAPPDATA\finetune-gui\gpu-support"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  DeleteRegKey HKCU "${APP_PATHS}\${COMMAND}"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
