"""Reckoning"""
