# Windows PowerShell 5.1 or later. No name is ever evaluated.

# In strict mode it must be there.
if (-not (Test-Path Variable:global:SsoxBefore)) { $global:SsoxBefore = $null }

function sx {
  param(
    [Parameter(Position = 0)]
    [ArgumentCompleter({ param($Command, $Parameter, $Word) Complete-Ssox (@('-', '--off') + @(Get-SsoxNames 'profile')) $Word '' })]
    [string] $Name
  )
  if (-not $PSBoundParameters.ContainsKey('Name')) {
    $Name = [string](& (Get-SsoxProgram) pick)
    if ($LASTEXITCODE -ne 0) { return }
  } elseif ($Name -ceq '--help' -or $Name -ceq '-h') {
    __USAGE__
    return
  } elseif ($Name -ceq '-') {
    if ($null -eq $global:SsoxBefore) {
      [Console]::Error.WriteLine('sx: there is no profile to go back to')
      $global:LASTEXITCODE = 2
      return
    }
    $Name = $global:SsoxBefore
  } elseif ($Name -ceq '--off') {
    $Name = ''
  } elseif ($Name -eq '') {
    [Console]::Error.WriteLine(__USAGE__)
    $global:LASTEXITCODE = 2
    return
  }
  if ($Name -ne '') {
    & (Get-SsoxProgram) init "--check-profile=$Name"
    if ($LASTEXITCODE -ne 0) { return }
  }
  $before = [string]$Env:AWS_PROFILE
  if ($before -eq '') { $before = [string]$Env:AWS_DEFAULT_PROFILE }
  if ($before -eq '' -or $before -clike 'ssox-exec-*') { $before = [string]$Env:SSOX_PROFILE }
  $global:SsoxBefore = $before
  Clear-SsoxVariables
  if ($Name -ne '') {
    $Env:AWS_PROFILE = $Name
    $Env:AWS_SDK_LOAD_CONFIG = '1'
  }
  if (-not [Console]::IsErrorRedirected) {
    # A terminal obeys what it is sent.
    [Console]::Error.WriteLine($(if ($Name -eq '') { 'sx: no profile' } else { "sx: $Name" -replace '[\p{Cc}\p{Cf}\u2028\u2029]', '?' }))
  }
  $global:LASTEXITCODE = 0
}

function Get-SsoxProgram {
  Get-Command ssox -CommandType Application, ExternalScript -TotalCount 1
}

# The user's own, also in `ssox shell`, where AWS_CONFIG_FILE names a file that goes before it.
function Get-SsoxConfigFile {
  $isOwn = $Env:AWS_CONFIG_FILE -and $Env:AWS_CONFIG_FILE -notmatch '[\\/]ssox[\\/](run[\\/])?exec-[^\\/]*\.config$'
  if ($Env:SSOX_AWS_CONFIG_FILE -and -not $isOwn) { $Env:SSOX_AWS_CONFIG_FILE } else { $Env:AWS_CONFIG_FILE }
}

# Takes away what would make the shell somebody else. In `ssox shell` the user's own config file and region come back.
function Clear-SsoxVariables {
  $Env:AWS_CONFIG_FILE = Get-SsoxConfigFile
  foreach ($name in 'AWS_REGION', 'AWS_DEFAULT_REGION') {
    $now = [Environment]::GetEnvironmentVariable($name)
    if ($Env:SSOX_REGION -and $now -eq $Env:SSOX_REGION) {
      [Environment]::SetEnvironmentVariable($name, [Environment]::GetEnvironmentVariable("SSOX_$name"))
    }
  }
  foreach ($name in __NAMES__) {
    Remove-Item -LiteralPath "Env:$name" -ErrorAction Ignore
  }
  Get-ChildItem Env: | Where-Object Name -Match '^(?:__PREFIXES__)' | Remove-Item
}

function Get-SsoxNames([string] $Kind) {
  $folder = if ($Env:XDG_CACHE_HOME) { $Env:XDG_CACHE_HOME } else { Join-Path $HOME '.cache' }
  if ($Kind -eq 'account' -or $Kind -eq 'role') {
    Get-ChildItem (Join-Path $folder 'ssox/inventory') -Filter '*.names' -ErrorAction Ignore |
      Get-Content -Encoding UTF8 |
      ForEach-Object {
        if ($Kind -eq 'account' -and $_ -match '^account (\d+)(?: (.*))?$') { $Matches[1], $Matches[2] }
        elseif ($Kind -eq 'role' -and $_ -match '^role (.*)$') { $Matches[1] }
      }
    return
  }
  $file = Get-SsoxConfigFile
  if (-not $file) { $file = Join-Path $HOME '.aws/config' }
  if (Test-Path -LiteralPath $file -PathType Leaf) {
    Get-Content -LiteralPath $file -Encoding UTF8 | ForEach-Object {
      if ($Kind -eq 'profile' -and $_ -cmatch '^\[default\]') { 'default' }
      elseif ($_ -cmatch "^\[$Kind +(?:""([^""\\]+)""|'([^']+)'|([^\s""'\\]+)) *\]") { $Matches[1] + $Matches[2] + $Matches[3] }
    }
  }
}

function Complete-Ssox($Candidates, [string] $Word, [string] $Prefix) {
  $Word = $Word.Trim("'", '"')
  $Candidates | Where-Object { $_ -and $_.StartsWith($Word, 'Ordinal') -and $_ -notmatch '[\x00-\x1f\x7f]' } | Sort-Object -Unique -CaseSensitive | ForEach-Object {
    # A hyphen and a letter begin a parameter of sx. Typographic quotation marks end a quoted word, too.
    $text = if ($_ -match '^(?!-\w)[\w/.%+-]+$') { "$Prefix$_" } else { "'" + ("$Prefix$_" -replace "['\u2018-\u201b]", '$0$0') + "'" }
    [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
  }
}

Register-ArgumentCompleter -Native -CommandName ssox -ScriptBlock {
  param($Word, $Ast, $Cursor)
  $words = @($Ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $Cursor } | ForEach-Object { "$_" })
  $Word = "$Word".Trim("'", '"')
  if ($words.Count -le 1) {
    Complete-Ssox @(__COMMANDS__) $Word ''
    return
  }
  $command = $words[1]
  $flags = @()
  $takes = @()
  switch -CaseSensitive ($command) {
    # @flags
  }
  if ($words -ccontains '--') { return }
  $flag = ''
  $prefix = ''
  if ($Word -match '^(--[^=]+)=(.*)$') {
    $flag = $Matches[1]
    $prefix = "$flag="
    $Word = $Matches[2]
  } elseif ($takes -ccontains $words[-1]) { $flag = $words[-1] }
  switch -CaseSensitive ("$command $flag") {
    # @values
  }
  if ($flag -cin '--profile', '--account', '--role') {
    Complete-Ssox @(Get-SsoxNames $flag.Substring(2)) $Word $prefix
  } elseif ($flag -ceq '--session') {
    Complete-Ssox @(Get-SsoxNames 'sso-session') $Word $prefix
  } elseif ($flag -eq '') {
    Complete-Ssox $flags $Word ''
  }
}
