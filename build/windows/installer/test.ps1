# What installer-test.sh does under Wine, on a real Windows, in short: both
# scopes silently, the commands, the registration of the links, removal. For
# the release workflow, as an administrator.
$ErrorActionPreference = 'Stop'
$setup = (Get-Item build/dist/*-setup.exe).FullName

function Run([string] $program, [string[]] $arguments, [int[]] $codes = @(0)) {
  $process = Start-Process -FilePath $program -ArgumentList $arguments -Wait -PassThru
  if ($codes -notcontains $process.ExitCode) { throw "$program $arguments ended with $($process.ExitCode)" }
}

function Check([bool] $good, [string] $what) {
  if (-not $good) { throw $what }
  Write-Output "ok  $what"
}

$uninstall = 'Software\Microsoft\Windows\CurrentVersion\Uninstall\TeleHab'
$scopes = @(
  @{ Root = 'HKCU:'; Folder = "$env:LOCALAPPDATA\Programs\TeleHab"; Switches = @('/S') },
  @{ Root = 'HKLM:'; Folder = "$env:ProgramFiles\TeleHab"; Switches = @('/S', '/ALLUSERS') }
)
foreach ($scope in $scopes) {
  $program = "$($scope.Folder)\telehab.exe"
  Run $setup $scope.Switches
  Check (Test-Path $program) "$program is there"
  $command = (Get-Item "$($scope.Root)\Software\Classes\telehab\shell\open\command").GetValue('')
  Check ($command -eq "`"$program`" --link `"%1`"") 'the links are registered, quoted'
  Check ((Get-Item "$($scope.Root)\$uninstall").GetValue('EstimatedSize') -gt 10000) 'the list of apps has its size'
  $said = & $program --version | Out-String
  Check ($said -match '^telehab \d') 'it says its version'
  $demo = & $program sync --demo --json | Out-String
  Check ($demo -match '"read":2000,') 'it imports the demo clinic'
  Run $setup $scope.Switches # an upgrade in place
  Run "$($scope.Folder)\uninstall.exe" @('/S', '/PURGE', "_?=$($scope.Folder)")
  Check (-not (Test-Path $program)) 'it is gone'
  Check (-not (Test-Path "$($scope.Root)\Software\Classes\telehab")) 'so are its links'
  Check (-not (Test-Path "$env:LOCALAPPDATA\TeleHab Demo")) 'so is its data'
  Remove-Item -Recurse -Force $scope.Folder -ErrorAction SilentlyContinue # the uninstaller itself, run in place
}
