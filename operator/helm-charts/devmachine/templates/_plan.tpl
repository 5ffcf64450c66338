{{/*
What this release applies, as JSON:

  start           what the machine is started with (_start.tpl)
  stopped         whether the machine has no pod
  metadata        the administrator's labels and annotations of the Deployment. It keeps those that it has until the machine has
                  been stopped, because Kueue refuses to move a Deployment with a pod to another queue
  specDigest      of the spec, once everything is rendered from it: a proof that all of it was applied
  surroundings    the Service, the Ingress, the network policies and the disk
  volumes         the PersistentVolumes of mounts
  restartPending  whether a restart would change the pod template, because of the administrator's settings or this chart
  step            what NOTES.txt says if another release must follow; otherwise empty

Helm goes on to the next object when the cluster refuses to update one, and rolls everything back at the end. A release that
changes the pod template, too, would end the pod at each attempt. So a change that reaches beyond the Deployment takes two
releases: the surroundings first, and the Deployment once the cluster has accepted all of them. A machine is stopped
before that, so that it can be stopped whatever else is refused.

The next release follows at once, because the notes of this one are the message of the condition Deployed: they differ for
each change and each step, and helm-operator reconciles a DevMachine whose status has changed.
*/}}
{{- define "devmachine.plan" -}}
{{- /* Helm renders all files with the same root, so it is computed once. */ -}}
{{- if not (hasKey . "devmachinePlan") -}}
{{- $_ := set . "devmachinePlan" (include "devmachine.newPlan" .) -}}
{{- end -}}
{{- .devmachinePlan -}}
{{- end -}}

{{- define "devmachine.newPlan" -}}
{{- $specDigest := include "devmachine.specDigest" . -}}
{{- $new := include "devmachine.newStart" . | fromJson -}}
{{- $deployment := include "devmachine.deployment" . | fromJson -}}
{{- $recorded := dict -}}
{{- if $deployment -}}
{{- $recorded = include "devmachine.recordedStart" (dict "root" . "volumes" $new.volumes) | fromJson -}}
{{- end -}}
{{- $liveDigest := dig "metadata" "annotations" "ide.example.com/spec-sha256" "" $deployment -}}
{{- $plan := dict "start" $new "stopped" .Values.stopped "specDigest" $specDigest "step" "" "restartPending" false -}}
{{- if and $recorded (eq $liveDigest $specDigest) -}}
{{- $_ := set $plan "start" $recorded -}}
{{- $isSame := eq (pick $recorded "podTemplate" "proxyAnnotations" | toRawJson) (pick $new "podTemplate" "proxyAnnotations" | toRawJson) -}}
{{- $_ := set $plan "restartPending" (not (or $isSame .Values.stopped)) -}}
{{- else -}}
{{- include "devmachine.check" (dict "root" . "machine" (include "devmachine.machine" . | fromJson)) -}}
{{- end -}}
{{- $_ := set $plan "metadata" $new.metadata -}}
{{- if $recorded -}}
{{- $hasPod := gt (dig "status" "readyReplicas" 0 $deployment | int64) 0 -}}
{{- if or $hasPod (not $recorded.stopped) -}}{{- $_ := set $plan "metadata" $recorded.metadata -}}{{- end -}}
{{- end -}}
{{- $surroundings := include "devmachine.surroundings" (dict "root" . "start" $plan.start) | fromJsonArray -}}
{{- $_ := set $plan "surroundings" $surroundings -}}
{{- $_ := set $plan "volumes" $plan.start.volumes -}}
{{- if and $recorded (ne $liveDigest $specDigest) -}}
{{- $applied := include "devmachine.appliedSurroundings" (dict "surroundings" $surroundings) | fromJson -}}
{{- if $applied.current -}}
{{- else if and .Values.stopped $applied.known (not $recorded.stopped) -}}
{{- $_ := set $plan "surroundings" $applied.objects -}}
{{- $_ := set $plan "specDigest" "incomplete" -}}
{{- $_ := set $plan "step" (printf "Change %s: the machine is being stopped." (trunc 8 $specDigest)) -}}
{{- else -}}
{{- $_ := set $plan "start" $recorded -}}
{{- $_ := set $plan "stopped" $recorded.stopped -}}
{{- $_ := set $plan "specDigest" $liveDigest -}}
{{- $_ := set $plan "volumes" (concat $recorded.volumes $new.volumes | uniq) -}}
{{- $_ := set $plan "step" (printf "Change %s: the pod follows." (trunc 8 $specDigest)) -}}
{{- end -}}
{{- end -}}
{{- toRawJson $plan -}}
{{- end -}}
