{{/*
The machine's room on the node's disk, for everything that is outside its own disk, as JSON: {requests, limits}, each with
ephemeral-storage or empty. It is what the spec says, or else what the administrator does; then a machine can use more than it
requests, but no more than its limit. Call with the machine's context.

The kubelet ends a pod that uses more than its containers' limits together. Init containers have the limits of the machine,
which add nothing to the pod's, because quotas can demand limits of each container.
*/}}
{{- define "devmachine.room" -}}
{{- $own := .root.Values.ephemeralStorage -}}
{{- $limit := $own | default (include "devmachine.quantity" (list .machine.admin "ephemeralStorageLimit")) -}}
{{- $request := $own | default (include "devmachine.quantity" (list .machine.admin "ephemeralStorageRequest")) -}}
{{- if $limit -}}
{{- if gt (float64 (include "devmachine.number" $request)) (float64 (include "devmachine.number" $limit)) -}}
{{- $request = $limit -}}
{{- end -}}
{{- /* Without a request, Kubernetes would request the limit. */ -}}
{{- $request = $request | default "0" -}}
{{- end -}}
{{- dict
  "requests" (ternary (dict "ephemeral-storage" $request) dict (ne $request ""))
  "limits" (ternary (dict "ephemeral-storage" $limit) dict (ne $limit ""))
  | toJson -}}
{{- end -}}

{{/* An emptyDir that can fill the machine's room. Call with the machine's context. */}}
{{- define "devmachine.boundedFolder" -}}
{{- with get (include "devmachine.room" . | fromJson).limits "ephemeral-storage" -}}
{sizeLimit: {{ . | quote }}}
{{- else -}}
{}
{{- end -}}
{{- end -}}
