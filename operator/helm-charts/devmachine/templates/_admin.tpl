{{/*
The administrator's settings, with defaults. overrideValues are strings that are empty if the variable is not set, so an
empty value means the default.
*/}}
{{- define "devmachine.admin" -}}
{{- $defaults := .Files.Get "files/admin-defaults.yaml" | fromYaml -}}
{{- $admin := dict -}}
{{- range $key, $value := .Values.admin -}}
{{- if $value -}}{{- $_ := set $admin $key $value -}}{{- end -}}
{{- end -}}
{{- mergeOverwrite $defaults $admin | toJson -}}
{{- end -}}

{{/* "true" if a boolean setting is on, otherwise empty. Call with (list $admin "allowRoot"). */}}
{{- define "devmachine.switch" -}}
{{- $value := get (index . 0) (index . 1) -}}
{{- if has $value (list "true" "false" "") -}}
{{- if eq $value "true" }}true{{ end -}}
{{- else -}}
{{- fail (printf "The administrator's setting %s is %q, but must be true, false or empty." (index . 1) $value) -}}
{{- end -}}
{{- end -}}

{{/* A setting that is a quantity; empty if it is zero. Call with (list $admin "ephemeralStorageLimit"). */}}
{{- define "devmachine.quantity" -}}
{{- $value := get (index . 0) (index . 1) -}}
{{- if not (regexMatch `^([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,2})?$` $value) -}}
{{- fail (printf "The administrator's setting %s is %q, but must be a quantity, such as 20Gi, or 0." (index . 1) $value) -}}
{{- end -}}
{{- if gt (float64 (include "devmachine.number" $value)) 0.0 }}{{ $value }}{{ end -}}
{{- end -}}

{{/* A setting that is a YAML mapping, as JSON with strings as values. Call with (list $admin "s3Parameters"). */}}
{{- define "devmachine.mapping" -}}
{{- include "devmachine.strings" (list (index . 1) (include "devmachine.parse" . | fromJson)) -}}
{{- end -}}

{{/* A setting that is a YAML mapping, as JSON. Call with (list $admin "csiDrivers"). */}}
{{- define "devmachine.parse" -}}
{{- $name := index . 1 -}}
{{- $mapping := get (index . 0) $name | fromYaml -}}
{{- if hasKey $mapping "Error" -}}
{{- fail (printf "The administrator's setting %s is not a YAML mapping: %s" $name (get $mapping "Error")) -}}
{{- end -}}
{{- toJson $mapping -}}
{{- end -}}

{{/* A mapping with its values as strings, as JSON. Call with (list $nameOfTheSetting $mapping). */}}
{{- define "devmachine.strings" -}}
{{- $name := index . 0 -}}
{{- $strings := dict -}}
{{- range $key, $value := index . 1 -}}
{{- if or (kindIs "map" $value) (kindIs "slice" $value) -}}
{{- fail (printf "The administrator's setting %s must have strings as values, but %s does not." $name $key) -}}
{{- end -}}
{{- if kindIs "float64" $value -}}
{{- if eq $value (float64 (int64 $value)) -}}{{- $value = int64 $value -}}{{- end -}}
{{- end -}}
{{- $_ := set $strings $key (toString $value) -}}
{{- end -}}
{{- toJson $strings -}}
{{- end -}}

{{/* The drivers of csi mounts as JSON: {<driver>: {volumeHandle, parameters, mountOptions}}. Call with $admin. */}}
{{- define "devmachine.csiDrivers" -}}
{{- $drivers := dict -}}
{{- range $driver, $value := include "devmachine.parse" (list . "csiDrivers") | fromJson -}}
{{- $settings := $value | default dict -}}
{{- $known := list "volumeHandle" "parameters" "mountOptions" -}}
{{- if not (kindIs "map" $settings) -}}
{{- fail (printf "The administrator's setting csiDrivers must have mappings as values, but %s does not." $driver) -}}
{{- end -}}
{{- range $key, $_ := $settings -}}
{{- if not (has $key $known) -}}
{{- fail (printf "The administrator's setting csiDrivers has the unknown key %s in %s. Known keys: %s." $key $driver (join ", " $known)) -}}
{{- end -}}
{{- end -}}
{{- $options := get $settings "mountOptions" | default list -}}
{{- $parameters := get $settings "parameters" | default dict -}}
{{- if not (and (kindIs "slice" $options) (kindIs "map" $parameters)) -}}
{{- fail (printf "The administrator's setting csiDrivers: the mountOptions of %s must be a list, and its parameters a mapping." $driver) -}}
{{- end -}}
{{- $_ := set $drivers $driver (dict
  "volumeHandle" (get $settings "volumeHandle" | default "{volume}" | toString)
  "parameters" (include "devmachine.strings" (list "csiDrivers" $parameters) | fromJson)
  "mountOptions" (toStrings $options)
) -}}
{{- end -}}
{{- toJson $drivers -}}
{{- end -}}
